"use strict";

// What Swagger UI leaves open for readers with a keyboard or a screen reader: its parts get the
// landmarks of a page and the heading that is missing between the title and the groups, a link
// within a button becomes plain text, and the choice between servers goes, since there is only one.
const wrapped = (role, label) => (Original, { React }) => (props) =>
  React.createElement("div", { role, "aria-label": label }, React.createElement(Original, props));

const headed = (text) => (Original, { React }) => (props) =>
  React.createElement(
    React.Fragment,
    null,
    React.createElement("h2", { className: "unseen" }, text),
    React.createElement(Original, props),
  );

const accessible = {
  wrapComponents: {
    operations: headed("Operations"),
    InfoContainer: wrapped("banner"),
    Models: wrapped("complementary", "Schemas"),
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
  syntaxHighlight: { theme: "arta" },
  plugins: [accessible],
});
