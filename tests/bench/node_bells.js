// Node's socket.io, the same way: whoever connects is in the room; /bench/change tells it. PORT is where it serves.
// It commits nothing: its time begins when it emits.
const http = require("node:http");
const { Server } = require("socket.io");

const topic = "case:00000000-0000-4000-8000-000000000000";
const web = http.createServer((asked, answer) => {
  const at = Number(process.hrtime.bigint()) / 1e9;
  if (asked.url.startsWith("/bench/change/")) io.to("everybody").emit("bell", { topic });
  answer.setHeader("Content-Type", "application/json");
  answer.end(JSON.stringify({ at }));
});
const io = new Server(web, { transports: ["websocket"], pingInterval: 10000, pingTimeout: 5000, serveClient: false, perMessageDeflate: false });
io.on("connection", (socket) => socket.join("everybody"));
web.listen(Number(process.env.PORT), "127.0.0.1");
