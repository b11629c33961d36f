package main

import (
	"context"
	"fmt"
	"os"

	rekey "rekey.example/generators/openapi-generator/client"
)

func main() {
	configuration := rekey.NewConfiguration()
	configuration.Servers = rekey.ServerConfigurations{{URL: os.Getenv("REKEY_API")}}
	api := rekey.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), rekey.ContextAccessToken, os.Getenv("REKEY_TOKEN"))

	body := rekey.NewRotationInput()
	body.SetOverlapSeconds(3600)
	body.SetReason(os.Getenv("REASON"))
	rotated, _, err := api.SecretsAPI.RotateWebhookSecret(ctx, "app_1", "hook_1").RotationInput(*body).Execute()
	check(err)
	fmt.Println(rotated.SigningSecret)
	state, _, err := api.SecretsAPI.GetWebhookSecret(ctx, "app_1", "hook_1").Execute()
	check(err)
	for _, key := range state.Previous {
		fmt.Println(key.State)
	}
	message := rekey.NewMessageInput("{}")
	signed, _, err := api.MessagesAPI.SignMessage(ctx, "app_1", "hook_1").MessageInput(*message).Execute()
	check(err)
	fmt.Println(signed.Headers)
	_, _, err = api.SecretsAPI.RevokePreviousSecrets(ctx, "app_1", "hook_1").Execute()
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
