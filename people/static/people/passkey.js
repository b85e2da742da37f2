// A form whose answer the browser's own passkeys give. What is asked stands in the form's data-asked, as WebAuthn's JSON.

(() => {
  /** @param {string} text */
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

  /** @param {ArrayBuffer | null | undefined} buffer */
  const text = (buffer) =>
    buffer
      ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
      : undefined;

  /** @param {any} asked */
  const opened = (asked) => {
    const options = asked.publicKey;
    options.challenge = bytes(options.challenge);
    if (options.user) {
      options.user.id = bytes(options.user.id);
    }
    for (const known of [...(options.excludeCredentials || []), ...(options.allowCredentials || [])]) {
      known.id = bytes(known.id);
    }
    return { publicKey: options };
  };

  /** @param {any} made */
  const written = (made) => ({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment || undefined,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      authenticatorData: text(made.response.authenticatorData),
      signature: text(made.response.signature),
      userHandle: text(made.response.userHandle),
    },
  });

  /** @param {HTMLFormElement} form */
  const listen = (form) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const how = form.dataset.passkey === "create" ? "create" : "get";
      const said = form.querySelector("[role=alert]");
      const field = form.querySelector("input[name=credential]");
      navigator.credentials[how](opened(JSON.parse(form.dataset.asked || "{}"))).then(
        (made) => {
          if (field instanceof HTMLInputElement) {
            field.value = JSON.stringify(written(made));
            form.submit();
          }
        },
        () => {
          if (said instanceof HTMLElement) {
            said.hidden = false;
          }
        },
      );
    });
  };

  if (window.PublicKeyCredential) {
    document.querySelectorAll("form[data-passkey]").forEach((form) => {
      if (form instanceof HTMLFormElement) {
        listen(form);
      }
    });
  }
})();
