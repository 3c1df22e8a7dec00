// The one line of a page to the server: what the page is of and what stands in its frame are told apart by topic.
import { io } from "../vendor/socket.io/socket.io.esm.min.js";

export const socket = document.querySelector("[data-topic], [data-band]")
  ? io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 2000, timeout: 5000 })
  : null;
