// Every page's script: the live stream, the keys, messages, and signs of a person's hands.

import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { startMessages } from "./messages.js";

startMessages();
startKeys();
if (document.body.dataset.live) startLive(document.body.dataset);
