import "../islands/session-bar.ts";
import "../islands/offline-tickets.ts";
