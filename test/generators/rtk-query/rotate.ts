import { configureStore } from '@reduxjs/toolkit'
import { enhancedApi } from './client.js'

const store = configureStore({
  reducer: { [enhancedApi.reducerPath]: enhancedApi.reducer },
  middleware: (defaults) => defaults().concat(enhancedApi.middleware),
})
const { signingSecret } = await store
  .dispatch(
    enhancedApi.endpoints.rotateWebhookSecret.initiate({
      applicationId: 'app_1',
      webhookId: 'hook_1',
      rotationInput: { reason: 'rtk-query' },
    }),
  )
  .unwrap()
console.log(signingSecret)
