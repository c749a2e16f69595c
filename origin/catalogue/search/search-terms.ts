/** Words that an event must have, in one of its fields each, and what it costs to have them only nearly. */
export interface SearchTerm {
  /** Which word of the keyword. */
  readonly token: number;
  /** A `tsquery`. */
  readonly query: string;
  readonly cost: number;
}

/** More words than this narrow nothing down, but cost a look-up each. */
export const tokensMax = 12;

const costs = { exact: 0, prefix: 1, typo: 100 };

/** Lengths from which a word may have one typing error, and two: as in the search server. */
const oneTypoFrom = 4;
const twoTyposFrom = 7;
const typoLengthMax = 40;

/**
 * Terms for words as they are and as beginnings of words.
 * @param tokens from `search_tokens`: lower case, no punctuation
 */
export function exactTerms(tokens: readonly string[]): SearchTerm[] {
  return tokens.flatMap((word, token) => [
    { token, query: quote(word), cost: costs.exact },
    { token, query: `${quote(word)}:*`, cost: costs.prefix },
  ]);
}

/**
 * Terms for words that are nearly right, besides {@link exactTerms}.
 * @param corrections known words near each token, from the vocabulary
 */
export function typoTerms(corrections: readonly (readonly string[])[]): SearchTerm[] {
  return corrections.flatMap((words, token) =>
    words.length === 0 ? [] : [{ token, query: words.map(quote).join(" | "), cost: costs.typo }],
  );
}

/** How many typing errors a word may have: letters missing, wrong or too many. None in short words and in numbers. */
export function typosMax(word: string): 0 | 1 | 2 {
  const { length } = Array.from(word);
  if (length < oneTypoFrom || length > typoLengthMax || /^\d+$/.test(word)) return 0;
  return length < twoTyposFrom ? 1 : 2;
}

/** The word with each two neighbouring letters swapped: the one error that counts as two in edit distance. */
export function swaps(word: string): string[] {
  if (typosMax(word) === 0) return [];
  const letters = Array.from(word);
  const swapped = letters.slice(1).map((letter, index) => {
    const before = letters[index] ?? "";
    return [...letters.slice(0, index), letter, before, ...letters.slice(index + 2)].join("");
  });
  return [...new Set(swapped)].filter((it) => it !== word);
}

function quote(word: string): string {
  return `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
