#pragma once

#include "core/text_gate.h"
