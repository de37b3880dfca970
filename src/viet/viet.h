/* Vietnamese text and facts, pure: no file, socket or clock is touched here. One header a feature. */
#pragma once
#include "viet/encoding/encoding.h"
#include "viet/enter.h"
#include "viet/field/date.h"
#include "viet/field/name.h"
#include "viet/field/number.h"
#include "viet/field/sex.h"
#include "viet/fold.h"
#include "viet/letter.h"
#include "viet/repair.h"
#include "viet/syllable.h"
