import { startFeedback } from './feedback.ts'
import { startForm } from './form.ts'
import { keepLanguage } from './language.ts'
import { keepDocument } from './navigation.ts'
import { addCopyButtons } from './samples.ts'

function start(): void {
  addCopyButtons()
  keepLanguage()
  for (const form of document.querySelectorAll('form')) startForm(form)
  for (const question of document.querySelectorAll<HTMLElement>('.feedback')) startFeedback(question)
}

start()
keepDocument(start)
