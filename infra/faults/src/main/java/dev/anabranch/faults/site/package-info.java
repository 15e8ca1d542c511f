/** The platform under fire: its processes, and the links between them. It knows no fault and sends no event. */
package dev.anabranch.faults.site;
