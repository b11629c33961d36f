/** A request in terms that every language can express. */
export interface SampleRequest {
  /** In uppercase. */
  method: string
  url: string
  /** Names and values, in order. */
  headers: [string, string][]
  /** The JSON body; undefined if the request needs none. */
  body: unknown
  /** Whether the response has a JSON body. */
  returnsJson: boolean
}
