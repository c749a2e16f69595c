import "hono/jsx";

/** Our custom elements: plain containers of server HTML that a script may bring to life. */
interface ElementProps {
  children?: unknown;
  class?: string;
  id?: string;
  hidden?: boolean;
  [data: `data-${string}`]: string | number | undefined;
}

declare module "hono/jsx" {
  namespace JSX {
    interface IntrinsicElements {
      "session-bar": ElementProps;
      "seat-map": ElementProps;
      "hold-timer": ElementProps;
      "pass-clock": ElementProps;
      "queue-place": ElementProps;
      "offline-tickets": ElementProps;
    }
  }
}
