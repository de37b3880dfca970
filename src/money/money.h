/* Fees of dossiers: what an office asks for and where it is paid to (with a VietQR code), what a gateway reports as paid, what
 * could not be placed, what goes back. Money is never lost on the way: each amount that came in is a receipt whose lines over
 * five accounts add up to nothing, and nothing of them is ever changed; a correction is a new line.
 *
 * Refuses a receipt that comes again with another amount, and paying back more than is due.
 * Law: NĐ 118/2025/NĐ-CP (payment of fees on line); NĐ 52/2024/NĐ-CP (payment without cash). */
#pragma once
#include "gate/gate.h"

extern const struct module money_module;
