import { make } from "../make.ts";

/**
 * Public pages are the same for everybody, so they greet nobody; this asks who is here and offers to sign out.
 * Without it the button "Sign in" stays, and the page behind it says who is signed in.
 */
class SessionBar extends HTMLElement {
  connectedCallback(): void {
    void this.#greet();
    addEventListener("click", ({ target }) => this.#closeMenu(target));
    addEventListener("focusin", ({ target }) => this.#closeMenu(target));
    addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !this.querySelector("details[open]")) return;
      this.#closeMenu(null);
      this.querySelector("summary")?.focus();
    });
    // The back button brings a page back as it was: somebody may have signed out since.
    addEventListener("pageshow", (shown) => {
      if (shown.persisted) void this.#greet();
    });
  }

  async #greet(): Promise<void> {
    if (this.querySelector("details")) return;
    const name = await readName(this.dataset["me"] ?? "");
    if (name !== undefined) this.replaceChildren(this.#account(name));
  }

  /** As the server's `Account` on personal pages. */
  #account(name: string): HTMLElement {
    const { signOut = "", signOutLabel = "", signedInAs = "" } = this.dataset;
    const who = (className: string) => make("bdi", { class: className }, name);
    return make(
      "details",
      { class: "account" },
      make(
        "summary",
        {
          "aria-label": signedInAs.replace("{name}", () => name),
          "data-initial": [...name][0] ?? "",
        },
        who("who"),
      ),
      make(
        "form",
        { method: "post", action: signOut },
        make("p", {}, who("")),
        make("button", {}, signOutLabel),
      ),
    );
  }

  /** A menu goes when one turns to something else; the browser alone would leave it open. */
  #closeMenu(at: EventTarget | null): void {
    const menu = this.querySelector("details");
    if (menu?.open && !(at instanceof Node && menu.contains(at))) menu.open = false;
  }
}

/** Whose session this is; nothing when nobody is signed in or we cannot ask. */
async function readName(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) return undefined;
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null) return undefined;
    const name = "name" in body ? body.name : "id" in body ? body.id : undefined;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined; // offline: the page stays as it is
  }
}

customElements.define("session-bar", SessionBar);
