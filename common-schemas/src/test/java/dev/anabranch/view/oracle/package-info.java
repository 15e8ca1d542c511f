/**
 * The oracle: what a view means, in code short enough to check by eye. It shares no code with the layers beyond the
 * declaration of the view itself. Shipped as a test-jar, for the tests of every layer and for whoever checks a running
 * platform.
 */
package dev.anabranch.view.oracle;
