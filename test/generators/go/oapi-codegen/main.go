package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	rekey "rekey.example/generators/oapi-codegen/client"
)

func main() {
	ctx := context.Background()
	authorize := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("REKEY_TOKEN"))
		return nil
	}
	api, err := rekey.NewClientWithResponses(os.Getenv("REKEY_API"), rekey.WithRequestEditorFn(authorize))
	check(err)

	overlap, reason := 3600, os.Getenv("REASON")
	body := rekey.RotationInput{OverlapSeconds: &overlap, Reason: &reason}
	rotated, err := api.RotateWebhookSecretWithResponse(ctx, "app_1", "hook_1", nil, body)
	check(err)
	fmt.Println(rotated.JSON200.SigningSecret)
	state, err := api.GetWebhookSecretWithResponse(ctx, "app_1", "hook_1", nil)
	check(err)
	for _, key := range state.JSON200.Previous {
		fmt.Println(key.State)
	}
	signed, err := api.SignMessageWithResponse(ctx, "app_1", "hook_1", rekey.MessageInput{Payload: "{}"})
	check(err)
	fmt.Println(signed.JSON200.Headers)
	_, err = api.RevokePreviousSecretsWithResponse(ctx, "app_1", "hook_1", nil)
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
