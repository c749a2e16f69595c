import "../islands/session-bar.ts";
import "../islands/queue-place.ts";
