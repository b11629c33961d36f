package main

import (
	"context"
	"fmt"
	"os"

	rekey "rekey.example/generators/ogen/client"
)

type token struct{}

func (token) BearerAuth(context.Context, rekey.OperationName) (rekey.BearerAuth, error) {
	return rekey.BearerAuth{Token: os.Getenv("REKEY_TOKEN")}, nil
}

// Only the page of an invitation calls the operation that needs this.
func (token) Invitation(context.Context, rekey.OperationName) (rekey.Invitation, error) {
	return rekey.Invitation{}, nil
}

func main() {
	ctx := context.Background()
	api, err := rekey.NewClient(os.Getenv("REKEY_API"), token{})
	check(err)

	body := rekey.RotationInput{OverlapSeconds: rekey.NewOptInt(3600), Reason: rekey.NewOptString(os.Getenv("REASON"))}
	rotated, err := api.RotateWebhookSecret(ctx, rekey.NewOptRotationInput(body),
		rekey.RotateWebhookSecretParams{ApplicationId: "app_1", WebhookId: "hook_1"})
	check(err)
	fmt.Println(rotated.(*rekey.RotatedSecretHeaders).Response.SigningSecret)
	state, err := api.GetWebhookSecret(ctx, rekey.GetWebhookSecretParams{ApplicationId: "app_1", WebhookId: "hook_1"})
	check(err)
	for _, key := range state.(*rekey.SecretStateHeaders).Response.Previous {
		fmt.Println(key.State)
	}
	signed, err := api.SignMessage(ctx, &rekey.MessageInput{Payload: "{}"},
		rekey.SignMessageParams{ApplicationId: "app_1", WebhookId: "hook_1"})
	check(err)
	fmt.Println(signed.(*rekey.SignedMessageHeaders).Response.Headers)
	_, err = api.RevokePreviousSecrets(ctx,
		rekey.RevokePreviousSecretsParams{ApplicationId: "app_1", WebhookId: "hook_1"})
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
