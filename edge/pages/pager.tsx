import type { Messages } from "./messages/en.ts";

interface PagerProps {
  m: Messages;
  /** Counted from 1. */
  page: number;
  pages: number;
  /** The address of a page. */
  to: (page: number) => string;
}

/** On and back through a long list; nothing where one page is all. */
export function Pager({ m, page, pages, to }: PagerProps) {
  if (pages <= 1) return <></>;
  return (
    <nav class="pager" aria-label={m.home.pages}>
      {page > 1 ? (
        <a class="button quiet" rel="prev" href={to(page - 1)}>
          {m.home.previous}
        </a>
      ) : (
        ""
      )}
      <span>{m.home.page(page, pages)}</span>
      {page < pages ? (
        <a class="button quiet" rel="next" href={to(page + 1)}>
          {m.home.next}
        </a>
      ) : (
        ""
      )}
    </nav>
  );
}
