/** The events of the fraud use case as the faults module sends them. It knows no fault. */
package dev.anabranch.fraud.faults;
