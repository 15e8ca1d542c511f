/** The serving engine against a real broker, asked over HTTP. */
package dev.anabranch.serving;
