import { raw } from "hono/html";
import type { EventFacts } from "./deps.ts";
import { eventJsonLd, type Offers } from "./json-ld.ts";

interface MetadataProps {
  facts: EventFacts;
  url: string;
  description: string;
  offers: Offers | undefined;
}

/** For those who share a link, and for search engines. */
export function Metadata({ facts, url, description, offers }: MetadataProps) {
  return (
    <>
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content="Frontrow" />
      <meta property="og:title" content={facts.event.name} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={url} />
      <script type="application/ld+json">{raw(eventJsonLd(facts, url, offers))}</script>
    </>
  );
}
