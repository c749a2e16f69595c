import "../islands/session-bar.ts";
