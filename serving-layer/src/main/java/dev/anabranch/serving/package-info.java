/**
 * The serving engine: holds both views of every entity it owns and merges them at the moment of the query.
 *
 * <p>It answers for any view that is declared in common-schemas and names no use case. It must not fold events itself
 * and keeps nothing that cannot be read again from the view topics.
 */
package dev.anabranch.serving;
