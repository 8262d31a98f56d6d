// Copies the third-party scripts that pages load into vendor/, from where the binary embeds them.
import { copyFile } from "node:fs/promises";

const from = new URL("node_modules/htmx.org/dist/htmx.min.js", import.meta.url);
await copyFile(from, new URL("vendor/htmx.min.js", import.meta.url));
