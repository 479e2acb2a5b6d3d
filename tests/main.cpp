#define BOOST_TEST_MODULE blogd
#include <boost/test/unit_test.hpp>
