import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query'

export const api = createApi({
  baseQuery: fetchBaseQuery({
    baseUrl: process.env['REKEY_API'] ?? '',
    prepareHeaders: (headers) => headers.set('authorization', `Bearer ${process.env['REKEY_TOKEN']}`),
  }),
  endpoints: () => ({}),
})
