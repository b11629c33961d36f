/** Copies text to the clipboard, and returns whether the browser allowed it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Throws over plain HTTP, where `clipboard` is undefined although its type says otherwise.
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** Returns whether the user has selected the whole text. Not every browser obeys `user-select: all`. */
export function isSelected(text: string): boolean {
  return String(getSelection()).includes(text)
}
