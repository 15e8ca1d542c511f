/**
 * What an event is, and which records of an event topic count as one.
 *
 * <p>Every layer asks {@link dev.anabranch.event.EventType#admit} the same question of the same record and gets the
 * same answer: if one layer folded a record that another refused, their views would differ. This package must not know
 * who is asking.
 */
package dev.anabranch.event;
