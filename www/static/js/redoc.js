"use strict";

// Redoc's menu asks its maker's server for a logo. This page asks nobody but its own server: given
// an empty picture instead, Redoc leaves the logo out. It sets the attribute, then the property.
const image = HTMLImageElement.prototype;
const local = (url) => (/^(https?:)?\/\//.test(url) ? "data:," : url);

image.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? local(value) : value);
};
Object.defineProperty(image, "src", {
  ...Object.getOwnPropertyDescriptor(image, "src"),
  set(url) {
    this.setAttribute("src", url);
  },
});

Redoc.init("/openapi.json", { nativeScrollbars: true }, document.getElementById("redoc"));
