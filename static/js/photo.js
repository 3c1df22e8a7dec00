// A photo is made smaller before it is sent: on a weak line that is a minute less, and what the camera wrote beside it
// stays on the phone. The server makes it anew whatever comes; where this cannot be done, the file goes as it is.
const SIDE = 1600;
const input = document.querySelector("input[data-smaller]");

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const ink = canvas.getContext("2d");
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.9); });
}

input?.addEventListener("change", async () => {
  const [file] = input.files;
  const made = file ? await smaller(file).catch(() => null) : null;
  if (!made || input.files[0] !== file) return;
  const bag = new DataTransfer();
  bag.items.add(new File([made], "photo.jpg", { type: made.type }));
  input.files = bag.files;
});
