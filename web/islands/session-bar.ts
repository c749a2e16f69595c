/**
 * Public pages are the same for everybody, so they greet nobody; this asks who is here and offers to sign out.
 * Without it the button "Sign in" stays, and the page behind it says who is signed in.
 */
class SessionBar extends HTMLElement {
  connectedCallback(): void {
    void this.#greet();
    // The back button brings a page back as it was: somebody may have signed out since.
    addEventListener("pageshow", (shown) => {
      if (shown.persisted) void this.#greet();
    });
  }

  async #greet(): Promise<void> {
    const { me = "", signOut = "", signOutLabel = "" } = this.dataset;
    if (this.querySelector('form[method="post"]')) return;
    const name = await readName(me);
    if (name === undefined) return;
    const form = document.createElement("form");
    form.method = "post";
    form.action = signOut;
    const who = document.createElement("span");
    who.className = "who";
    who.append(Object.assign(document.createElement("bdi"), { textContent: name }));
    const button = document.createElement("button");
    button.className = "quiet";
    button.textContent = signOutLabel;
    form.append(who, button);
    this.replaceChildren(form);
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
