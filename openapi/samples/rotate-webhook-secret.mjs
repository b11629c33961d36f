const response = await fetch("https://api.example.com/api/v1/applications/example_string/webhooks/example_string/secret", {
  method: "PATCH",
  headers: {
    "Content-Type": "application/json",
    "Authorization": "Bearer YOUR_API_TOKEN (JWT)"
  }
});

const data = await response.json();
console.log(data);
