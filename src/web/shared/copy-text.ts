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
