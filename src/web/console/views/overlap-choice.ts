import { html, nothing, type TemplateResult } from 'lit-html'
import type { OverlapChoice } from '../dialogs.ts'
import { schemes, type SchemeName } from '../schemes.ts'

const offered = [
  { seconds: 86_400, label: '24 hours', hint: 'suits most receivers' },
  { seconds: 3_600, label: '1 hour', hint: 'if receivers switch automatically' },
  { seconds: 604_800, label: '7 days', hint: 'if receivers are switched by hand' },
  { seconds: 0, label: 'None', hint: 'revoke all older keys immediately, after a leak' },
]
const units = { minutes: 60, hours: 3_600, days: 86_400 }
const longest = 604_800
/** The longest overlap in which the scheduled probes cannot make three proofs over at least 5 minutes, in seconds. */
const tooShortForThreeProofs = 600

interface Asking {
  /** The shortest overlap that the API accepts, in seconds. With 0, the choices include "None". */
  least: 0 | 300
  disabled: boolean
  legend?: string
  /** Whether the dialog opens with the focus on the chosen overlap. */
  hasFocus?: boolean
}

type Choose = (change: Partial<OverlapChoice>) => void

/** Asks how long the old key stays live after a rotation. */
export function overlapChoice(
  { overlapSeconds, isOther }: OverlapChoice,
  { least, disabled, legend = 'How long the old key stays live', hasFocus = false }: Asking,
  choose: Choose,
): TemplateResult {
  return html`
    <fieldset ?disabled=${disabled}>
      <legend>${legend}</legend>
      ${offered
        .filter(({ seconds }) => seconds >= least)
        .map(({ seconds, label, hint }) => {
          const isChosen = !isOther && seconds === overlapSeconds
          return html`
            <label class="choice">
              <input
                type="radio"
                name="overlap"
                ?autofocus=${hasFocus && isChosen}
                .checked=${isChosen}
                @change=${() => {
                  choose({ overlapSeconds: seconds, isOther: false })
                }}
              />
              <span>${label}</span> <span class="quiet">${hint}</span>
            </label>
          `
        })}
      <div class="other">
        <label class="choice">
          <input
            type="radio"
            name="overlap"
            .checked=${isOther}
            @change=${() => {
              choose({ overlapSeconds: 2 * units.days, isOther: true })
            }}
          />
          <span>Other</span>
        </label>
        ${isOther ? amount(overlapSeconds, least, choose) : nothing}
      </div>
    </fieldset>
  `
}

/** Starts at 2 days. An amount that the API does not accept becomes NaN, and the browser refuses to submit it. */
function amount(overlapSeconds: number, least: number, choose: Choose): TemplateResult {
  const isAllowed = !Number.isNaN(overlapSeconds)
  const limits = `${least === 0 ? '' : 'from 5 minutes '}up to 7 days`
  const read = (event: Event) => {
    const [number, unit] = (event.currentTarget as HTMLElement).children as unknown as [
      HTMLInputElement,
      HTMLSelectElement,
    ]
    const text = number.value.trim()
    const seconds = /^\d{1,6}$/.test(text) ? Number(text) * units[unit.value as keyof typeof units] : NaN
    const isAccepted = seconds >= least && seconds <= longest
    number.setCustomValidity(isAccepted ? '' : `Enter a whole number, ${limits}.`)
    choose({ overlapSeconds: isAccepted ? seconds : NaN })
  }
  return html`
    <span class="amount" @input=${read}>
      <input
        type="text"
        inputmode="numeric"
        autocomplete="off"
        aria-label="Amount"
        aria-describedby="overlap-limits"
        aria-invalid=${isAllowed ? nothing : 'true'}
        value="2"
      />
      <select aria-label="Unit">
        ${Object.keys(units).map((name) => html`<option ?selected=${name === 'days'}>${name}</option>`)}
      </select>
      <span class=${isAllowed ? 'quiet' : 'bad'} id="overlap-limits">${limits}</span>
    </span>
  `
}

/**
 * Asks whether proofs end the overlap, and explains how many it takes.
 * @param scheme the webhook's scheme; undefined if it is not known, or if the choice is for several webhooks
 */
export function endWhenProvenChoice(
  { overlapSeconds, endWhenProven }: OverlapChoice,
  { scheme, disabled }: { scheme?: SchemeName | undefined; disabled: boolean },
  choose: Choose,
): TemplateResult | typeof nothing {
  if (overlapSeconds === 0) return nothing
  return html`
    <label class="choice option">
      <input
        type="checkbox"
        ?disabled=${disabled}
        .checked=${endWhenProven}
        @change=${(event: Event) => {
          choose({ endWhenProven: (event.currentTarget as HTMLInputElement).checked })
        }}
      />
      <span class="described">
        End the overlap once the receiver is proven
        <small class="quiet">
          Rekey probes it on a schedule, and revokes the older keys after ${proofs(overlapSeconds, scheme)}.
          An unproven receiver keeps the whole overlap.
        </small>
      </span>
    </label>
  `
}

function proofs(overlapSeconds: number, scheme: SchemeName | undefined): string {
  if (scheme === undefined) return 'one proof or, if messages carry several signatures, three proofs in a row'
  if (schemes[scheme].endsAtFirstProof) return 'the first proof'
  const three = 'three proofs in a row over at least 5 minutes'
  return overlapSeconds <= tooShortForThreeProofs ? `${three}, for which this overlap is too short` : three
}
