// What pages can do beyond plain forms. Each module looks for its own place in the page and does nothing without it.
import { startUI } from "./ui.js";
import { startKeys } from "./keys.js";
import { startDraft } from "./draft.js";
import { startLive } from "./live.js";
import { startBoard } from "./board.js";
import { startBulk } from "./bulk.js";
import { startCase } from "./case.js";
import { startCopy } from "./copy.js";
import { startStream } from "./stream.js";
import { startFollow } from "./follow.js";

startUI();
startDraft();
startBulk();
startCopy();
startKeys();
const live = startLive();
if (live) {
  startBoard(live);
  startCase(live);
  startStream(live);
  startFollow(live);
}
