/** What every canvas costs, whatever is on it: filled once a frame, as large as the map's. */
const canvas = document.querySelector("canvas");
const box = canvas?.parentElement;
const ctx = canvas?.getContext("2d", { alpha: false });
if (canvas && box && ctx) {
  new ResizeObserver(() => {
    canvas.width = Math.round(box.clientWidth * Math.min(2, devicePixelRatio));
    canvas.height = Math.round(box.clientHeight * Math.min(2, devicePixelRatio));
    requestAnimationFrame(paint);
  }).observe(box);
  let turn = 0;
  const paint = () => {
    ctx.fillStyle = turn++ % 2 === 0 ? "#fbfaf7" : "#fbfaf8";
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  };
  box.addEventListener("pointermove", () => requestAnimationFrame(paint));
}
