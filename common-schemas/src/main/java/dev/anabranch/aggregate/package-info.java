/**
 * Ready-made monoids. Each is exact: {@code plus} is associative to the bit, and an overflow throws rather than wrap. A
 * use case that needs several at once writes a record of its own, as {@code dev.anabranch.fraud} does.
 */
package dev.anabranch.aggregate;
