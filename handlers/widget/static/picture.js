// A photo as it is worth sending: upright, no larger than staff are shown it, without what the camera wrote into it.

const MAX_SIDE = 2048;
const SMALL_BYTES = 1500000;

// The picture made smaller, or the file itself where that is small enough or this browser cannot read it. The city makes
// every picture anew in any case; this only saves the resident's data.
export async function smaller(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, MAX_SIDE / Math.max(image.width, image.height));
    if (scale === 1 && file.size <= SMALL_BYTES) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}
