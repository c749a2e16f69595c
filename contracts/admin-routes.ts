/**
 * Every route of administrators, which the origin serves and the edge hands on: what is not listed here is neither
 * documented nor looked at by the tests of the public surface, so a test of the origin's compares.
 */
export const adminRoutes = [
  ["POST", "/admin/venues"],
  ["PATCH", "/admin/venues/:id"],
  ["PUT", "/admin/venues/:id/plan"],
  ["POST", "/admin/performers"],
  ["PATCH", "/admin/performers/:id"],
  ["POST", "/admin/events"],
  ["PATCH", "/admin/events/:id"],
  ["POST", "/admin/events/:id/tickets"],
  ["POST", "/admin/events/:id/cancel"],
  ["PUT", "/admin/events/:id/queue"],
  ["GET", "/admin/events/:id/queue"],
  ["GET", "/admin/events/:id/queue/history"],
  ["POST", "/admin/events/:id/queue/pause"],
  ["POST", "/admin/events/:id/queue/resume"],
  ["POST", "/admin/events/:id/queue/open"],
  ["POST", "/admin/events/:id/queue/fail-open"],
  ["POST", "/admin/events/:id/queue/reset"],
  ["GET", "/admin/events/:id/door"],
  ["POST", "/admin/bookings/:id/reissue"],
  ["GET", "/admin/audit"],
] as const satisfies readonly (readonly [method: string, path: string])[];
