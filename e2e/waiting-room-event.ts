import type { Api } from "./api.ts";

/** A published event on sale, with seats in rows of a twelfth. @returns its id */
export async function makeEvent(api: Api, admin: string, seats: number): Promise<string> {
  const make = async (path: string, body: unknown) => {
    const made = await api<{ id: string }>("POST", path, { token: admin, body });
    if (made.status !== 201) throw new Error(`${path}: ${JSON.stringify(made.body)}`);
    return made.body.id;
  };
  const day = 86_400_000;
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const venueId = await make("/admin/venues", {
    name: "Arena",
    city: "Berlin",
    country: "DE",
    timeZone: "Europe/Berlin",
    capacity: seats,
  });
  const performerId = await make("/admin/performers", { name: "The Wanted Ones" });
  const made = await make("/admin/events", {
    name: "The one everybody wants",
    venueId,
    performerId,
    status: "published",
    startsAt: at(30 * day),
    endsAt: at(30 * day + 7_200_000),
    onSaleAt: at(-60_000),
  });
  const price = { amount: 5000, currency: "EUR" };
  const sections = [{ name: "A", rows: 12, seatsPerRow: seats / 12, price }];
  await make(`/admin/events/${made}/tickets`, { sections });
  return made;
}
