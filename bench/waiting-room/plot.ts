/** One line of a plot; its points go from left to right. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const size = { width: 720, height: 300, left: 70, right: 20, top: 36, bottom: 40 } as const;
const colours = ["#0b6e99", "#b8480f", "#3c7a1f", "#7a3fa0"];
const pointsMax = 600;

/** Draws curves over one axis as SVG, each scaled to its own maximum, which stands beside its name. */
export function plot(title: string, xLabel: string, curves: readonly Curve[]): string {
  const xs = curves.flatMap(({ points }) => points.map(([x]) => x));
  const [from, to] = [Math.min(...spread(xs)), Math.max(...spread(xs))];
  const plotWidth = size.width - size.left - size.right;
  const plotHeight = size.height - size.top - size.bottom;
  const toX = (x: number) => size.left + ((x - from) / Math.max(1e-9, to - from)) * plotWidth;
  const lines = curves.map(({ name, points }, index) => {
    const shown = thin(points);
    const most = Math.max(1e-9, ...shown.map(([, y]) => y));
    const path = shown
      .map(
        ([x, y]) => `${toX(x).toFixed(1)},${(size.top + plotHeight * (1 - y / most)).toFixed(1)}`,
      )
      .join(" ");
    const colour = colours[index % colours.length];
    const legend = `${name} (max ${Math.round(most).toLocaleString("en")})`;
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path}"/>
<text x="${size.left + index * 165}" y="${size.top - 6}" fill="${colour}">${legend}</text>`;
  });
  const bottom = size.height - size.bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${size.left}" y="14" font-size="13">${title}</text>
<path d="M${size.left} ${size.top}V${bottom}H${size.width - size.right}" fill="none" stroke="#444"/>
<text x="${size.left}" y="${bottom + 16}">${Math.round(from)}</text>
<text x="${size.width - size.right}" y="${bottom + 16}" text-anchor="end">${Math.round(to)}</text>
<text x="${size.width / 2}" y="${bottom + 30}" text-anchor="middle">${xLabel}</text>
${lines.join("\n")}
</svg>
`;
}

/** Few enough numbers for one call. */
function spread(numbers: readonly number[]): number[] {
  const step = Math.max(1, Math.floor(numbers.length / 50_000));
  return [...numbers.filter((_, index) => index % step === 0), numbers.at(-1) ?? 0];
}

function thin<Point>(points: readonly Point[]): Point[] {
  const step = Math.max(1, Math.ceil(points.length / pointsMax));
  return points.filter((_, index) => index % step === 0);
}
