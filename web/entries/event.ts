import "../islands/session-bar.ts";
import "../islands/seat-map.ts";
import "../islands/pass-clock.ts";
