import "./session-bar.ts";
