// Stickers of this phone. The numbers are ones that LINE lets bots use; the faces are plain emoji, not LINE's pictures.

export const STICKERS = [
  { packageId: "446", stickerId: "1988", face: "👋", name: "こんにちは", keywords: ["hello"] },
  { packageId: "446", stickerId: "1989", face: "👍", name: "OK", keywords: ["ok", "thumbs up"] },
  { packageId: "446", stickerId: "1993", face: "🙇", name: "ありがとう", keywords: ["thank you"] },
  { packageId: "446", stickerId: "2005", face: "😢", name: "困った", keywords: ["sad", "in trouble"] },
  { packageId: "446", stickerId: "2008", face: "🎉", name: "おめでとう", keywords: ["congratulations"] },
  { packageId: "446", stickerId: "2018", face: "❓", name: "はてな", keywords: ["question"] },
];

/** The face and the name of a sticker; one that is not ours is shown as a sticker without a face. */
export function stickerFace(packageId, stickerId) {
  const known = STICKERS.find((one) => one.packageId === packageId && one.stickerId === stickerId);
  return known ?? { face: "🏷️", name: `${packageId}の${stickerId}番` };
}
