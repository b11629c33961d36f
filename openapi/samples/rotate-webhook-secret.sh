curl -X PATCH "https://api.example.com/api/v1/applications/example_string/webhooks/example_string/secret" \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer YOUR_API_TOKEN (JWT)"
