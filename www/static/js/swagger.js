"use strict";

// What Swagger UI leaves open for readers with a keyboard or a screen reader: its parts get the
// landmarks of a page, a link within a button becomes plain text, and the choice between servers
// goes, since there is only this one.
const wrapped = (tag, label) => (Original, { React }) => (props) =>
  React.createElement(tag, { "aria-label": label }, React.createElement(Original, props));

const accessible = {
  wrapComponents: {
    InfoContainer: wrapped("header"),
    Models: wrapped("aside", "Schemas"),
    ServersContainer: () => () => null,
    DeepLink: (Original, { React }) => ({ text }) => React.createElement("span", null, text),
  },
};

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
  plugins: [accessible],
});
