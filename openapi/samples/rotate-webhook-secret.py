import requests
import json

url = "https://api.example.com/api/v1/applications/example_string/webhooks/example_string/secret"
headers = {
    "Content-Type": "application/json",
    "Authorization": "Bearer YOUR_API_TOKEN (JWT)"
}

response = requests.patch(url, headers=headers)
print(response.json())
