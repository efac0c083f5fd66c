// Every page's script: the live stream, the keys, messages, sounds, and signs of a person's hands.

import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { startListening } from "./listen.js";
import { startMessages } from "./messages.js";

// On a narrow window the tabs scroll sideways: the present one is brought into sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
startMessages();
startKeys();
startListening();
if (document.body.dataset.live) startLive(document.body.dataset);
