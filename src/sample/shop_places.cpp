// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_places.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr city city_list[] = {
    {110100, "北京", "Beijing", "北京", "Beijing", "north", 1, 70, 20},
    {310100, "上海", "Shanghai", "上海", "Shanghai", "east", 1, 80, 0},
    {440100, "广东", "Guangdong", "广州", "Guangzhou", "south", 1, 55, 5},
    {440300, "广东", "Guangdong", "深圳", "Shenzhen", "south", 1, 60, 0},
    {510100, "四川", "Sichuan", "成都", "Chengdu", "southwest", 2, 45, 15},
    {330100, "浙江", "Zhejiang", "杭州", "Hangzhou", "east", 2, 48, 15},
    {500100, "重庆", "Chongqing", "重庆", "Chongqing", "southwest", 2, 40, 55},
    {420100, "湖北", "Hubei", "武汉", "Wuhan", "central", 2, 36, 0},
    {320500, "江苏", "Jiangsu", "苏州", "Suzhou", "east", 2, 34, 0},
    {610100, "陕西", "Shaanxi", "西安", "Xi'an", "northwest", 2, 28, 20},
    {320100, "江苏", "Jiangsu", "南京", "Nanjing", "east", 2, 32, 0},
    {430100, "湖南", "Hunan", "长沙", "Changsha", "central", 2, 26, 10},
    {120100, "天津", "Tianjin", "天津", "Tianjin", "north", 2, 26, 5},
    {410100, "河南", "Henan", "郑州", "Zhengzhou", "central", 2, 26, 10},
    {441900, "广东", "Guangdong", "东莞", "Dongguan", "south", 2, 26, 0},
    {370200, "山东", "Shandong", "青岛", "Qingdao", "east", 2, 24, 5},
    {330200, "浙江", "Zhejiang", "宁波", "Ningbo", "east", 2, 24, 10},
    {340100, "安徽", "Anhui", "合肥", "Hefei", "east", 2, 22, 5},
    {530100, "云南", "Yunnan", "昆明", "Kunming", "southwest", 2, 18, 50},
    {440600, "广东", "Guangdong", "佛山", "Foshan", "south", 2, 22, 0},
    {210100, "辽宁", "Liaoning", "沈阳", "Shenyang", "northeast", 2, 18, 0},
    {370100, "山东", "Shandong", "济南", "Jinan", "east", 2, 20, 10},
    {320200, "江苏", "Jiangsu", "无锡", "Wuxi", "east", 2, 20, 0},
    {350200, "福建", "Fujian", "厦门", "Xiamen", "east", 2, 18, 5},
    {350100, "福建", "Fujian", "福州", "Fuzhou", "east", 2, 18, 25},
    {330300, "浙江", "Zhejiang", "温州", "Wenzhou", "east", 2, 17, 35},
    {230100, "黑龙江", "Heilongjiang", "哈尔滨", "Harbin", "northeast", 2, 15, 10},
    {130100, "河北", "Hebei", "石家庄", "Shijiazhuang", "north", 2, 16, 20},
    {210200, "辽宁", "Liaoning", "大连", "Dalian", "northeast", 2, 15, 10},
    {450100, "广西", "Guangxi", "南宁", "Nanning", "south", 2, 14, 25},
    {350500, "福建", "Fujian", "泉州", "Quanzhou", "east", 2, 15, 30},
    {330700, "浙江", "Zhejiang", "金华", "Jinhua", "east", 2, 14, 25},
    {520100, "贵州", "Guizhou", "贵阳", "Guiyang", "southwest", 2, 12, 60},
    {320400, "江苏", "Jiangsu", "常州", "Changzhou", "east", 2, 13, 0},
    {220100, "吉林", "Jilin", "长春", "Changchun", "northeast", 2, 13, 0},
    {360100, "江西", "Jiangxi", "南昌", "Nanchang", "east", 2, 13, 10},
    {320600, "江苏", "Jiangsu", "南通", "Nantong", "east", 2, 13, 0},
    {330400, "浙江", "Zhejiang", "嘉兴", "Jiaxing", "east", 2, 12, 0},
    {140100, "山西", "Shanxi", "太原", "Taiyuan", "north", 2, 12, 30},
    {320300, "江苏", "Jiangsu", "徐州", "Xuzhou", "east", 2, 12, 0},
    {441300, "广东", "Guangdong", "惠州", "Huizhou", "south", 2, 12, 10},
    {331000, "浙江", "Zhejiang", "台州", "Taizhou", "east", 3, 10, 35},
    {442000, "广东", "Guangdong", "中山", "Zhongshan", "south", 3, 10, 0},
    {370600, "山东", "Shandong", "烟台", "Yantai", "east", 2, 11, 15},
    {650100, "新疆", "Xinjiang", "乌鲁木齐", "Urumqi", "northwest", 3, 9, 10},
    {620100, "甘肃", "Gansu", "兰州", "Lanzhou", "northwest", 2, 9, 45},
    {460100, "海南", "Hainan", "海口", "Haikou", "south", 2, 9, 0},
    {150100, "内蒙古", "Inner Mongolia", "呼和浩特", "Hohhot", "north", 3, 8, 20},
    {640100, "宁夏", "Ningxia", "银川", "Yinchuan", "northwest", 3, 6, 10},
    {630100, "青海", "Qinghai", "西宁", "Xining", "northwest", 3, 5, 70},
    {540100, "西藏", "Tibet", "拉萨", "Lhasa", "southwest", 4, 2, 95},
    {440500, "广东", "Guangdong", "汕头", "Shantou", "south", 3, 9, 10},
    {410300, "河南", "Henan", "洛阳", "Luoyang", "central", 3, 9, 45},
    {130200, "河北", "Hebei", "唐山", "Tangshan", "north", 3, 9, 15},
    {371300, "山东", "Shandong", "临沂", "Linyi", "east", 3, 10, 35},
    {420500, "湖北", "Hubei", "宜昌", "Yichang", "central", 3, 7, 60},
    {430600, "湖南", "Hunan", "岳阳", "Yueyang", "central", 3, 7, 25},
    {360700, "江西", "Jiangxi", "赣州", "Ganzhou", "east", 3, 8, 65},
    {510700, "四川", "Sichuan", "绵阳", "Mianyang", "southwest", 3, 7, 50},
    {520300, "贵州", "Guizhou", "遵义", "Zunyi", "southwest", 3, 7, 80},
    {450300, "广西", "Guangxi", "桂林", "Guilin", "south", 3, 6, 60},
    {411300, "河南", "Henan", "南阳", "Nanyang", "central", 3, 9, 35},
    {511300, "四川", "Sichuan", "南充", "Nanchong", "southwest", 4, 6, 40},
    {341200, "安徽", "Anhui", "阜阳", "Fuyang", "east", 4, 8, 0},
    {220200, "吉林", "Jilin", "吉林", "Jilin", "northeast", 4, 5, 30},
    {140200, "山西", "Shanxi", "大同", "Datong", "north", 4, 5, 40},
    {231000, "黑龙江", "Heilongjiang", "牡丹江", "Mudanjiang", "northeast", 4, 4, 45},
    {422800, "湖北", "Hubei", "恩施", "Enshi", "central", 4, 4, 95},
    {530500, "云南", "Yunnan", "保山", "Baoshan", "southwest", 5, 3, 90},
    {611000, "陕西", "Shaanxi", "商洛", "Shangluo", "northwest", 5, 3, 95},
    {621200, "甘肃", "Gansu", "陇南", "Longnan", "northwest", 5, 2, 95},
    {433100, "湖南", "Hunan", "湘西", "Xiangxi", "central", 5, 3, 90},
};

} // namespace

std::span<city const> cities() noexcept { return city_list; }

} // namespace detail
} // namespace v0
} // namespace segmenta
