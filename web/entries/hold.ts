import "../islands/session-bar.ts";
import "../islands/hold-timer.ts";
